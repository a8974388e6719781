#pragma once
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/err.h>
#include <fido/es256.h>
#include <fido/param.h>
#include <fido/rs256.h>

// libfido2 verifies what a maker's certificate has signed, and not who issued the certificate: OpenSSL, on which it is
// built, does that.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

// What is a macro there.
static inline STACK_OF(X509) *gh_certificates_new(void) { return sk_X509_new_null(); }
static inline int gh_certificates_push(STACK_OF(X509) *all, X509 *one) { return sk_X509_push(all, one); }
static inline void gh_certificates_free(STACK_OF(X509) *all) { sk_X509_pop_free(all, X509_free); }

static inline int gh_certificate_name(BIO *target, X509 *certificate) {
    return X509_NAME_print_ex(target, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
