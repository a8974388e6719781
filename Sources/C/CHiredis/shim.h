#pragma once
#include <hiredis/hiredis.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Variadic, so out of Swift's reach.
static inline void thread_set_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
