#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <stdint.h>

/// What the kernel knows of a TCP connection's sending side (tcp(7), TCP_INFO; glibc's struct is shorter than the kernel's).
struct csupport_tcp_progress {
    /// Bytes of ours that the peer's kernel acknowledged since the connection began, without SYN and FIN. Linux 4.1.
    uint64_t acknowledged;
    /// The largest window that the peer can ever announce: 65535 shifted by its scale. What it has not read is never more.
    uint64_t largest_peer_window;
};

/// Fills `progress`. Returns 0, or errno; ENOTSUP where the kernel does not tell the acknowledged bytes.
int csupport_tcp_progress(int descriptor, struct csupport_tcp_progress *progress);

/// Bytes in a pipe (either end) that its reader has not taken. Returns 0, or errno.
int csupport_unread_bytes(int descriptor, int32_t *count);

/// Bytes that were sent over a socket and that its receiver (a local one) or the peer's kernel (TCP) has not taken. Returns 0, or errno.
int csupport_untaken_bytes(int descriptor, int32_t *count);

/// Lets a socket hold messages of so many bytes, as far as the system permits.
void csupport_widen_send_buffer(int descriptor, int bytes);

/// Makes the allocator give large blocks back to the system as soon as they are free, and keep few arenas: pages of audits come and go, and
/// a daemon should not hold what it needed once. To be called before any thread is made.
void csupport_return_free_memory(void);

#endif
