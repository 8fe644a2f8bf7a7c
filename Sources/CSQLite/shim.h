#include <sqlite3.h>

/// SQLITE_TRANSIENT is a cast that Swift cannot import: the bound value is copied before the call returns.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
