#define _GNU_SOURCE
#include "kept_memory.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const size_t huge_page = (size_t)2 << 20, least = (size_t)1 << 20, most = (size_t)64 << 20;

// Where the memory begins that the kernel gave, and the part of it that begins with a large page.
static __thread struct {
    void *mapping;
    size_t mapped;
    char *start;
    size_t size;
    bool is_lending, is_lent, has_served;
} kept;

static void *map(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_end;
static bool has_end;

static void release_at_end(void *unused) {
    (void)unused;
    kept_memory_release();
}

static void prepare(void) { has_end = pthread_key_create(&at_end, release_at_end) == 0; }

void kept_memory_release(void) {
    if (kept.mapping != NULL && !kept.is_lent) {
        syscall(SYS_munmap, kept.mapping, kept.mapped);
        kept.mapping = NULL;
        kept.size = 0;
    }
}

// Has the thread keep so much at least. Large pages spare it most of what looking up the small ones takes.
static bool keep(size_t size) {
    if (kept.size >= size) return true;
    pthread_once(&once, prepare);
    // A thread that ends without giving it back would leave it behind. Any value but null has the key's function called.
    if (!has_end || pthread_setspecific(at_end, &kept) != 0) return false;
    kept_memory_release();
    const size_t whole = (size + huge_page - 1) / huge_page * huge_page;
    void *const mapping = map(NULL, whole + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return false;
    kept.mapping = mapping;
    kept.mapped = whole + huge_page;
    kept.start = (char *)(((uintptr_t)mapping + huge_page - 1) / huge_page * huge_page);
    kept.size = whole;
    madvise(kept.start, kept.size, MADV_HUGEPAGE);
    madvise(kept.mapping, kept.mapped, MADV_DONTDUMP);
    madvise(kept.mapping, kept.mapped, MADV_DONTFORK);
    return true;
}

void kept_memory_lend(void) { kept.is_lending = true; }

void kept_memory_take_back(void) { kept.is_lending = false; }

bool kept_memory_served(void) { return kept.has_served; }

// The C library's own name, so that a library which asks for it finds this one first.
void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    const bool is_plain = address == NULL && protection == (PROT_READ | PROT_WRITE) && (flags & MAP_ANONYMOUS)
        && (flags & MAP_PRIVATE) && !(flags & (MAP_FIXED | MAP_HUGETLB | MAP_GROWSDOWN));
    if (kept.is_lending && !kept.is_lent && is_plain && size >= least && size <= most && keep(size)) {
        kept.is_lent = kept.has_served = true;
        return kept.start;
    }
    return map(address, size, protection, flags, file, offset);
}

int munmap(void *address, size_t size) {
    if (kept.is_lent && address == kept.start) {
        kept.is_lent = false;
        return 0;
    }
    return (int)syscall(SYS_munmap, address, size);
}
