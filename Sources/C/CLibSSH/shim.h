#pragma once
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* The message interface is the only one that lets a decision come later; libssh marks parts of it as deprecated. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline const char *shim_auth_password(ssh_message message) { return ssh_message_auth_password(message); }
static inline ssh_key shim_auth_public_key(ssh_message message) { return ssh_message_auth_pubkey(message); }
static inline int shim_auth_signature_state(ssh_message message) { return ssh_message_auth_publickey_state(message); }
static inline const char *shim_pty_term(ssh_message message) { return ssh_message_channel_request_pty_term(message); }
static inline int shim_pty_width(ssh_message message) { return ssh_message_channel_request_pty_width(message); }
static inline int shim_pty_height(ssh_message message) { return ssh_message_channel_request_pty_height(message); }
#pragma GCC diagnostic pop

/* Glibc declares it for _GNU_SOURCE only, which Swift does not set. */
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void shim_name_thread(pthread_t thread, const char *name) { pthread_setname_np(thread, name); }

/* ssh_callbacks_init is a macro. */
static inline void shim_init_channel_callbacks(struct ssh_channel_callbacks_struct *callbacks) {
    ssh_callbacks_init(callbacks);
}
