#include "csupport.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define TCP_INFO_OPTION 11
// Offsets in the kernel's struct tcp_info (linux/tcp.h); the structure only ever grows at its end.
#define OFFSET_WINDOW_SCALES 6
#define OFFSET_BYTES_ACKNOWLEDGED 120

int csupport_tcp_progress(int descriptor, struct csupport_tcp_progress *progress) {
    unsigned char info[512];
    socklen_t length = sizeof info;
    memset(info, 0, sizeof info);
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO_OPTION, info, &length) != 0) return errno;
    if (length < OFFSET_BYTES_ACKNOWLEDGED + sizeof(uint64_t)) return ENOTSUP;
    uint64_t acknowledged;
    memcpy(&acknowledged, info + OFFSET_BYTES_ACKNOWLEDGED, sizeof acknowledged);
    // The SYN counts as one byte.
    progress->acknowledged = acknowledged > 0 ? acknowledged - 1 : 0;
    // tcpi_snd_wscale is the low half of the byte on little-endian machines: the scale of the peer's announcements.
    progress->largest_peer_window = (uint64_t)65535 << (info[OFFSET_WINDOW_SCALES] & 0x0f);
    return 0;
}

int csupport_unread_bytes(int descriptor, int32_t *count) {
    int value = 0;
    if (ioctl(descriptor, FIONREAD, &value) != 0) return errno;
    *count = value;
    return 0;
}

int csupport_untaken_bytes(int descriptor, int32_t *count) {
    int value = 0;
    if (ioctl(descriptor, TIOCOUTQ, &value) != 0) return errno;
    *count = value;
    return 0;
}

void csupport_widen_send_buffer(int descriptor, int bytes) {
    // The first is for who may pass the system's limit (CAP_NET_ADMIN), the second is cut to that limit (socket(7)).
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0) return;
    (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void csupport_return_free_memory(void) {
    // Setting the threshold also stops the allocator from raising it by itself (mallopt(3)).
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 2);
    // The kernel may otherwise map the program's text in pieces of 2 MiB, used or not (prctl(2)).
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}
