#pragma once
#include <stdbool.h>
#include <stddef.h>

// Memory that a thread keeps between two calls of a library that maps fresh memory for each (ADR 12).
//
// Between `kept_memory_lend` and `kept_memory_take_back` the first private anonymous mapping of 1 to 64 MiB that the
// calling thread asks the C library for is memory that the thread kept, if that is large enough, and the thread's
// `munmap` of it leaves it mapped. All other mappings, and those of all other threads, are the kernel's as ever. Without
// memory to keep, the mapping is the kernel's too.
//
// What was written there by the last call is still there in the next one. It is in no core dump and in no child process.
void kept_memory_lend(void);
void kept_memory_take_back(void);

// Whether the calling thread's memory has served a mapping since the thread began. For tests.
bool kept_memory_served(void);

// Gives the calling thread's memory back to the kernel.
void kept_memory_release(void);
