/// The offset file's tables, and what its version is.
///
/// - `output`: one row an output that ever began: its name, the first instant that it wants (milliseconds), and the instant before which ids were
///   dropped (`NULL` where none were).
/// - `coverage`: one row an interval that is covered, half-open, per output, endpoint (0 realtime, 1 asynchronous) and lane; the lane of all
///   services is `''`.
/// - `lost`: the same, of the time that no endpoint gives any more.
/// - `late`: one row a bucket of late arrivals that holds any, per output: the longest delay of the bucket (milliseconds, the largest number
///   where it has no bound), how many there were, and all their delays together.
/// - `query`: one row an asynchronous query that is being read, per output and ring: what the pass reads, what the query reads of it, the
///   transaction, the cursor (`NULL` before the first page of results), and the instant up to which it can cover.
/// - `acknowledged`: one row a batch: the first and last instant of its audits, the ids that are UUIDs as 16 bytes each (big-endian), and the
///   others as their UTF-8 behind a length of 4 bytes; and a digest of all that.
/// - `seal`: one row, the sum of the digests of all rows of the tables before `acknowledged`; see `Seal`.
enum Schema {
    /// Kept in `PRAGMA user_version`. A file of a later version is refused.
    static let version: Int64 = 3
    /// Kept in `PRAGMA application_id`: "audf". A database of another program is refused.
    static let applicationID: Int64 = 0x6175_6466

    static let pragmas = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA wal_autocheckpoint = 512;
        PRAGMA journal_size_limit = 4194304;
        PRAGMA cache_size = -2048;
        """

    /// Brings everything into the file itself.
    static let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)"

    static let creation = """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        CREATE TABLE output (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            start INTEGER NOT NULL,
            forgotten INTEGER
        ) STRICT;
        \(intervals("coverage"))
        \(query)
        CREATE TABLE acknowledged (
            id INTEGER PRIMARY KEY,
            output INTEGER NOT NULL REFERENCES output (id) ON DELETE CASCADE,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL CHECK (first <= last),
            uuids BLOB NOT NULL CHECK (length(uuids) % 16 = 0),
            texts BLOB NOT NULL,
            digest INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX acknowledged_by_time ON acknowledged (output, last, first);
        \(addedInVersion3)
        """

    /// Tables that were not in version 2.
    static let addedInVersion3 = """
        \(intervals("lost"))
        CREATE TABLE late (
            output INTEGER NOT NULL REFERENCES output (id) ON DELETE CASCADE,
            bound INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            delay INTEGER NOT NULL,
            PRIMARY KEY (output, bound)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE seal (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sum INTEGER NOT NULL
        ) STRICT;
        """

    static func intervals(_ table: String) -> String {
        """
        CREATE TABLE \(table) (
            output INTEGER NOT NULL REFERENCES output (id) ON DELETE CASCADE,
            endpoint INTEGER NOT NULL CHECK (endpoint IN (0, 1)),
            lane TEXT NOT NULL,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL CHECK (start < end),
            PRIMARY KEY (output, endpoint, lane, start)
        ) STRICT, WITHOUT ROWID;
        """
    }

    static let query = """
        CREATE TABLE query (
            output INTEGER NOT NULL REFERENCES output (id) ON DELETE CASCADE,
            ring TEXT NOT NULL,
            lane TEXT NOT NULL,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL CHECK (start < end),
            window_start INTEGER NOT NULL,
            window_end INTEGER NOT NULL CHECK (window_start < window_end),
            transaction_id TEXT NOT NULL,
            cursor TEXT,
            coverable_until INTEGER NOT NULL,
            PRIMARY KEY (output, ring)
        ) STRICT, WITHOUT ROWID;
        """
}
