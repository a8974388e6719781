#pragma once
#include <linux/memfd.h>
#include <maxminddb.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc has it for those who ask for GNU's own, which a module cannot.
static inline int gatehouse_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC);
}
