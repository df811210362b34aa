/* Linux calls that Swift's view of the C library leaves out, since they need _GNU_SOURCE or macros. */
#ifndef LIFEBOAT_CLINUX_H
#define LIFEBOAT_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Each returns what the call of its name returns, with errno set on failure. */
int linux_open_anonymous(const char *directory, int flags, mode_t mode); /* O_TMPFILE */
int linux_open_path(int directory, const char *name);                    /* O_PATH | O_NOFOLLOW */
int linux_rename_exclusive(int from, const char *name, int to, const char *new_name);
int linux_exchange(int from, const char *name, int to, const char *new_name);
int linux_open_memory(const char *name); /* memfd_create */
ssize_t linux_random(void *bytes, size_t count);
ssize_t linux_list_attributes(const char *path, char *names, size_t size);
ssize_t linux_get_attribute(const char *path, const char *name, void *value, size_t size);
int linux_set_attribute(const char *path, const char *name, const void *value, size_t size);
int linux_set_open_attribute(int descriptor, const char *name, const void *value, size_t size);
int linux_remove_attribute(const char *path, const char *name);
ssize_t linux_list_open_attributes(int descriptor, char *names, size_t size);
int linux_remove_open_attribute(int descriptor, const char *name);
off_t linux_seek_data(int descriptor, off_t from);
off_t linux_seek_hole(int descriptor, off_t from);
uint32_t linux_major(uint64_t device);
uint32_t linux_minor(uint64_t device);
uint64_t linux_device(uint32_t major, uint32_t minor);
/* Seconds and nanoseconds of access (or UTIME_OMIT when access is null) and modification. */
int linux_set_times(int directory, const char *name, int64_t seconds, int64_t nanoseconds);
int linux_set_open_times(int descriptor, int64_t seconds, int64_t nanoseconds);
/* Reads the next entry's name into `name` (256 bytes): 1 = read, 0 = end, -1 = errno. */
int linux_next_name(void *stream, char *name);
void *linux_open_stream(int descriptor);
void linux_close_stream(void *stream);
/* Waits for bytes or the end of a pipe, or of a pidfd's process: 1 = there, 0 = not within the time, -1 = errno. */
int linux_poll_readable(int descriptor, int milliseconds);
/* How an ended child ended, without reaping it; 0 and *code and *signalled, or -1 with errno. */
int linux_peek_status(int process, int *code, int *signalled);
int linux_synchronize_file_system(int descriptor); /* syncfs */
void linux_name_thread(const char *name);
/* The capabilities in effect of this thread, a bit each, or 0. */
uint64_t linux_capabilities(void);
/* mallopt of glibc: from which size on buffers are mapped, from which free size on memory is given back, arenas. */
void linux_keep_heap(int mapped_bytes, int trimmed_bytes, int arenas);

#endif
