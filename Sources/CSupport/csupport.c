#define _GNU_SOURCE
#include "csupport.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

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

int csupport_sealed_memory(const void *bytes, size_t count, int *descriptor) {
    int memory = memfd_create("auditferry-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0) return errno;
    size_t position = 0;
    while (position < count) {
        ssize_t written = write(memory, (const char *)bytes + position, count - position);
        if (written < 0 && errno != EINTR) goto failed;
        if (written > 0) position += (size_t)written;
    }
    if (fcntl(memory, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) goto failed;
    *descriptor = memory;
    return 0;
failed:;
    int code = errno;
    close(memory);
    return code;
}

/// Room for one descriptor, aligned as the kernel wants it (cmsg(3)).
union descriptor_message {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int csupport_send_descriptor(int socket, int descriptor) {
    union descriptor_message control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

ssize_t csupport_receive_datagram(int socket, void *bytes, size_t size, int *descriptor) {
    union descriptor_message control;
    struct iovec vector = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *descriptor = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            memcpy(descriptor, CMSG_DATA(header), sizeof(int));
    return count;
}

int csupport_inherit_no_descriptor(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

void csupport_return_free_memory(void) {
    // Setting the threshold also stops the allocator from raising it by itself (mallopt(3)).
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 2);
    // The kernel may otherwise map the program's text in pieces of 2 MiB, used or not (prctl(2)).
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}
