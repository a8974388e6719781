#pragma once

// MD4 and DES, which MS-CHAPv2 is made of, are there still, and called obsolete for good reasons.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bio.h>
#include <openssl/des.h>
#include <openssl/err.h>
#include <openssl/md4.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What is a macro there.
static inline int gh_ssl_least_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int gh_ssl_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }
static inline int gh_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add_extra_chain_cert(context, certificate);
}
static inline void gh_bio_never_ends(BIO *bio) { BIO_set_mem_eof_return(bio, -1); }

// One block under 56 bits of a key, which DES wants as 64 with a bit of each byte left out.
static inline void gh_des_block(const unsigned char seven[7], const unsigned char in[8], unsigned char out[8]) {
    DES_cblock key;
    DES_key_schedule schedule;
    key[0] = seven[0];
    for (int i = 1; i < 7; i++) key[i] = (unsigned char)((seven[i - 1] << (8 - i)) | (seven[i] >> i));
    key[7] = (unsigned char)(seven[6] << 1);
    DES_set_key_unchecked(&key, &schedule);
    DES_ecb_encrypt((const_DES_cblock *)in, (DES_cblock *)out, &schedule, DES_ENCRYPT);
    OPENSSL_cleanse(&key, sizeof key);
    OPENSSL_cleanse(&schedule, sizeof schedule);
}
