#define _FILE_OFFSET_BITS 64
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

int linux_open_anonymous(const char *directory, int flags, mode_t mode) {
    return open(directory, flags | O_TMPFILE | O_CLOEXEC, mode);
}

int linux_open_path(int directory, const char *name) {
    return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int linux_rename_exclusive(int from, const char *name, int to, const char *new_name) {
    return renameat2(from, name, to, new_name, RENAME_NOREPLACE);
}

int linux_exchange(int from, const char *name, int to, const char *new_name) {
    return renameat2(from, name, to, new_name, RENAME_EXCHANGE);
}

int linux_open_memory(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

ssize_t linux_random(void *bytes, size_t count) {
    return getrandom(bytes, count, 0);
}

ssize_t linux_list_attributes(const char *path, char *names, size_t size) {
    return llistxattr(path, names, size);
}

ssize_t linux_get_attribute(const char *path, const char *name, void *value, size_t size) {
    return lgetxattr(path, name, value, size);
}

int linux_set_attribute(const char *path, const char *name, const void *value, size_t size) {
    return lsetxattr(path, name, value, size, 0);
}

int linux_set_open_attribute(int descriptor, const char *name, const void *value, size_t size) {
    return fsetxattr(descriptor, name, value, size, 0);
}

int linux_remove_attribute(const char *path, const char *name) {
    return lremovexattr(path, name);
}

ssize_t linux_list_open_attributes(int descriptor, char *names, size_t size) {
    return flistxattr(descriptor, names, size);
}

int linux_remove_open_attribute(int descriptor, const char *name) {
    return fremovexattr(descriptor, name);
}

off_t linux_seek_data(int descriptor, off_t from) {
    return lseek(descriptor, from, SEEK_DATA);
}

off_t linux_seek_hole(int descriptor, off_t from) {
    return lseek(descriptor, from, SEEK_HOLE);
}

uint32_t linux_major(uint64_t device) { return gnu_dev_major(device); }

uint32_t linux_minor(uint64_t device) { return gnu_dev_minor(device); }

uint64_t linux_device(uint32_t major, uint32_t minor) { return gnu_dev_makedev(major, minor); }

int linux_set_times(int directory, const char *name, int64_t seconds, int64_t nanoseconds) {
    struct timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
    return utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW);
}

int linux_set_open_times(int descriptor, int64_t seconds, int64_t nanoseconds) {
    struct timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
    return futimens(descriptor, times);
}

void *linux_open_stream(int descriptor) { return fdopendir(descriptor); }

void linux_close_stream(void *stream) { closedir(stream); }

int linux_next_name(void *stream, char *name) {
    errno = 0;
    struct dirent *entry = readdir(stream);
    if (entry == NULL) return errno == 0 ? 0 : -1;
    size_t length = strnlen(entry->d_name, 255);
    memcpy(name, entry->d_name, length);
    name[length] = 0;
    return 1;
}

int linux_poll_readable(int descriptor, int milliseconds) {
    struct pollfd wanted = {descriptor, POLLIN, 0};
    return poll(&wanted, 1, milliseconds);
}

int linux_peek_status(int process, int *code, int *signalled) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (waitid(P_PIDFD, process, &information, WEXITED | WNOWAIT) != 0) return -1;
    *code = information.si_status;
    *signalled = information.si_code != CLD_EXITED;
    return 0;
}

int linux_synchronize_file_system(int descriptor) { return syncfs(descriptor); }

void linux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

uint64_t linux_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    memset(data, 0, sizeof data);
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}

void linux_keep_heap(int mapped_bytes, int trimmed_bytes, int arenas) {
    mallopt(M_MMAP_THRESHOLD, mapped_bytes);
    mallopt(M_TRIM_THRESHOLD, trimmed_bytes);
    mallopt(M_ARENA_MAX, arenas);
}
