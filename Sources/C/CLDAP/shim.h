#pragma once
#include <ldap.h>
#include <openldap.h>

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

// Macros with casts, enums without a type and unions do not come across.

// glibc shows memfd_create only with _GNU_SOURCE; 1 is MFD_CLOEXEC.
static inline int ldap_memory_file(void) { return (int)syscall(SYS_memfd_create, "authorities", 1); }

static inline int ldap_scope_base(void) { return LDAP_SCOPE_BASE; }
static inline int ldap_scope_subtree(void) { return LDAP_SCOPE_SUBTREE; }

static inline int ldap_is_bind_response(int type) { return (ber_tag_t)type == LDAP_RES_BIND; }
static inline int ldap_is_entry(int type) { return (ber_tag_t)type == LDAP_RES_SEARCH_ENTRY; }
static inline int ldap_is_reference(int type) { return (ber_tag_t)type == LDAP_RES_SEARCH_REFERENCE; }
static inline int ldap_is_search_end(int type) { return (ber_tag_t)type == LDAP_RES_SEARCH_RESULT; }

static inline int ldap_set_number(LDAP *ld, int option, int value) {
    return ldap_set_option(ld, option, &value);
}
static inline int ldap_set_off(LDAP *ld, int option) {
    return ldap_set_option(ld, option, LDAP_OPT_OFF);
}
static inline int ldap_set_text(LDAP *ld, int option, const char *value) {
    return ldap_set_option(ld, option, value);
}
static inline int ldap_set_timeout(LDAP *ld, int option, long milliseconds) {
    struct timeval value = {milliseconds / 1000, (milliseconds % 1000) * 1000};
    return ldap_set_option(ld, option, &value);
}
static inline char *ldap_get_text(LDAP *ld, int option) {
    char *value = NULL;
    return ldap_get_option(ld, option, &value) == LDAP_OPT_SUCCESS ? value : NULL;
}
static inline int ldap_get_number(LDAP *ld, int option) {
    int value = 0;
    return ldap_get_option(ld, option, &value) == LDAP_OPT_SUCCESS ? value : 0;
}

// No message of the server may be longer: its length is its own word.
static inline int ldap_limit_messages(LDAP *ld, unsigned long bytes) {
    Sockbuf *buffer = NULL;
    ber_len_t limit = bytes;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS || buffer == NULL) return -1;
    return ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
}

static inline int ldap_simple_bind_begin(LDAP *ld, const char *dn, char *password, unsigned long length, int *id) {
    struct berval credentials = {length, password};
    return ldap_sasl_bind(ld, dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, id);
}
static inline int ldap_await(LDAP *ld, int id, int all, long milliseconds, LDAPMessage **message) {
    struct timeval value = {milliseconds / 1000, (milliseconds % 1000) * 1000};
    return ldap_result(ld, id, all ? LDAP_MSG_ALL : LDAP_MSG_ONE, &value, message);
}
