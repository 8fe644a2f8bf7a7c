#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

/// Makes a file in memory with these bytes that nobody can change any more (memfd_create(2), F_ADD_SEALS). Returns 0, or errno.
int csupport_sealed_memory(const void *bytes, size_t count, int *descriptor);

/// Sends an empty datagram that carries a descriptor (unix(7), SCM_RIGHTS), without waiting. Returns 0, or errno.
int csupport_send_descriptor(int socket, int descriptor);

/// Takes a datagram of at most `size` bytes, and the first descriptor that it carries, or -1. Waits. Returns its length, or -1 with errno.
ssize_t csupport_receive_datagram(int socket, void *bytes, size_t size, int *descriptor);

/// Lets a program that is spawned inherit no descriptor from this one on (posix_spawn_file_actions_addclosefrom_np). Returns 0, or an error number.
int csupport_inherit_no_descriptor(posix_spawn_file_actions_t *actions, int first);

/// Makes the allocator give large blocks back to the system as soon as they are free, and keep few arenas: pages of audits come and go, and
/// a daemon should not hold what it needed once. To be called before any thread is made.
void csupport_return_free_memory(void);

#endif
