/* Asks /healthz of the operator's port, for the health check of an image without a shell.
 *
 *     healthcheck ADDRESS PORT
 *
 * Prints what was answered, and exits 0 where the status is 200, else 1: another status, no answer within five seconds, no connection.
 * ADDRESS is an IPv4 address. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 5, LARGEST_ANSWER = 4096 };

static void give_up(int signal) {
    (void)signal;
    static const char message[] = "no answer in time\n";
    _exit(write(STDOUT_FILENO, message, sizeof message - 1) < 0 ? 1 : 1);
}

static int fail(const char *what) {
    printf("%s: %s\n", what, strerror(errno));
    return EXIT_FAILURE;
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char *end = "";
    const unsigned long port = count == 3 ? strtoul(arguments[2], &end, 10) : 0;
    if (port < 1 || port > 65535 || *end || inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) {
        fputs("usage: healthcheck ADDRESS PORT\n", stderr);
        return EXIT_FAILURE;
    }
    address.sin_port = htons((in_port_t)port);
    signal(SIGALRM, give_up);
    signal(SIGPIPE, SIG_IGN);
    alarm(PATIENCE_SECONDS);

    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return fail("socket");
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) return fail("connect");
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    /* Less than the send buffer of a new connection: it is written whole or not at all. */
    if (write(connection, request, sizeof request - 1) < 0) return fail("write");

    char answer[LARGEST_ANSWER + 1];
    size_t length = 0;
    ssize_t more = 0;
    while (length < LARGEST_ANSWER && (more = read(connection, answer + length, LARGEST_ANSWER - length)) > 0) length += (size_t)more;
    if (more < 0 && length == 0) return fail("read");
    answer[length] = 0;
    const char *body = strstr(answer, "\r\n\r\n");
    puts(body ? body + 4 : answer);
    return strncmp(answer, "HTTP/1.1 200 ", 13) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
