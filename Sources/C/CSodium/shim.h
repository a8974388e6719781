#pragma once
#include <sodium.h>

#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// Lets the calling thread give way: it wakes nobody up from the core, has a tenth of the weight of others, and says that
// turns of 100 ms will do. Who asks for shorter ones need not wait for the end of its turn (Linux 6.12 and later); between
// processes that weigh the same, as a database has them, that is all that counts. It is never kept from running
// for good. glibc before 2.41 has no name for the call; 3 is SCHED_BATCH.
static inline void hash_thread_gives_way(void) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } wish = {.size = 48, .policy = 3, .nice = 10, .runtime = 100000000};
    if (syscall(SYS_sched_setattr, 0, &wish, 0) != 0) {
        // On Linux this is about the calling thread alone (setpriority(2), "C library/kernel differences").
        setpriority(PRIO_PROCESS, 0, 10);
    }
}

// Lets the calling thread run where nobody else would. The kernel counts a core with such a thread as a free one, and puts
// there whoever wakes up; with any other wish, however humble, all others would share the cores that are left. It is not
// undone, which takes a privilege.
static inline void hash_thread_stands_back(void) {
    const int idle = 5, none = 0;  // SCHED_IDLE, and its priority
    hash_thread_gives_way();
    syscall(SYS_sched_setscheduler, 0, idle, &none);
}
