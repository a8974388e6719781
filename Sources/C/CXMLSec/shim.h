#pragma once

// What pkg-config would define for users of xmlsec1-openssl; SwiftPM passes folders on, and no definitions.
#ifndef XMLSEC_NO_SIZE_T
#define XMLSEC_NO_SIZE_T
#endif
#define XMLSEC_NO_CRYPTO_DYNAMIC_LOADING 1
#define XMLSEC_CRYPTO_OPENSSL 1
#define XMLSEC_NO_GOST 1
#define XMLSEC_NO_GOST2012 1
#define XMLSEC_NO_XSLT 1

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

// Errors are told by results; what the libraries would print holds pieces of other people's documents.
static inline void xmlsec_say_nothing(
    const char *file, int line, const char *function, const char *object, const char *subject, int reason,
    const char *message) {
    (void)file, (void)line, (void)function, (void)object, (void)subject, (void)reason, (void)message;
}

#if LIBXML_VERSION >= 21200
static inline void xml_ignore_error(void *context, const xmlError *error) { (void)context, (void)error; }
#else
static inline void xml_ignore_error(void *context, xmlErrorPtr error) { (void)context, (void)error; }
#endif

// libxml2 keeps this for each thread.
static inline void xml_say_nothing(void) { xmlSetStructuredErrorFunc(NULL, xml_ignore_error); }

static inline int xmlsec_initialize(void) {
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1) return -1;
    // No document is ever read from a file or from the network, whatever it asks for.
    xmlSecIOCleanupCallbacks();
    if (xmlSecOpenSSLAppInit(NULL) < 0 || xmlSecOpenSSLInit() < 0) return -1;
    // Last, because each of them sets one that prints.
    xmlSecErrorsSetCallback(xmlsec_say_nothing);
    return 0;
}

// A reader that loads nothing, replaces nothing and prints nothing. No XML_PARSE_HUGE: the library's own limits hold.
static inline int xml_hardened_options(void) {
    return XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC;
}

// A variable that holds a function.
static inline void xml_free(void *memory) { xmlFree(memory); }

// The names of algorithms are macros that call functions, and an algorithm that a build lacks is null.
static inline int xmlsec_allow(xmlSecPtrListPtr list, xmlSecTransformId transform) {
    return transform == xmlSecTransformIdUnknown ? 0 : xmlSecPtrListAdd(list, (const xmlSecPtr)transform);
}

// A context that knows exactly the algorithms of Docs/saml.md, and one key: KeyInfo is never read when
// the key is there already. The key is referred to, not taken.
static inline xmlSecDSigCtxPtr xmlsec_signature_context(EVP_PKEY *pkey) {
    xmlSecDSigCtxPtr ctx = xmlSecDSigCtxCreate(NULL);
    if (ctx == NULL) return NULL;
    ctx->flags = XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    ctx->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;

    xmlSecPtrListPtr ofReferences = xmlSecPtrListCreate(xmlSecTransformIdListId);
    if (ofReferences == NULL) goto failed;
    if (ctx->enabledReferenceTransforms != NULL) xmlSecPtrListDestroy(ctx->enabledReferenceTransforms);
    ctx->enabledReferenceTransforms = ofReferences;
    if (xmlsec_allow(ofReferences, xmlSecTransformEnvelopedId) < 0
        || xmlsec_allow(ofReferences, xmlSecTransformExclC14NId) < 0
        || xmlsec_allow(ofReferences, xmlSecTransformExclC14NWithCommentsId) < 0
        || xmlsec_allow(ofReferences, xmlSecOpenSSLTransformSha256GetKlass()) < 0
        || xmlsec_allow(ofReferences, xmlSecOpenSSLTransformSha384GetKlass()) < 0
        || xmlsec_allow(ofReferences, xmlSecOpenSSLTransformSha512GetKlass()) < 0)
        goto failed;

    xmlSecPtrListPtr ofSignature = &ctx->transformCtx.enabledTransforms;
    if (xmlsec_allow(ofSignature, xmlSecTransformExclC14NId) < 0
        || xmlsec_allow(ofSignature, xmlSecTransformExclC14NWithCommentsId) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformRsaSha256GetKlass()) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformRsaSha384GetKlass()) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformRsaSha512GetKlass()) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformEcdsaSha256GetKlass()) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformEcdsaSha384GetKlass()) < 0
        || xmlsec_allow(ofSignature, xmlSecOpenSSLTransformEcdsaSha512GetKlass()) < 0)
        goto failed;

    if (EVP_PKEY_up_ref(pkey) != 1) goto failed;
    xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(pkey);
    if (data == NULL) {
        EVP_PKEY_free(pkey);
        goto failed;
    }
    ctx->signKey = xmlSecKeyCreate();
    if (ctx->signKey == NULL || xmlSecKeySetValue(ctx->signKey, data) < 0) {
        xmlSecKeyDataDestroy(data);
        goto failed;
    }
    return ctx;
failed:
    xmlSecDSigCtxDestroy(ctx);
    return NULL;
}

// The bytes that the one reference of a verified signature was a digest of; null if there is not exactly one.
static inline xmlSecBufferPtr xmlsec_signed_bytes(xmlSecDSigCtxPtr ctx) {
    if (xmlSecPtrListGetSize(&ctx->signedInfoReferences) != 1 || xmlSecPtrListGetSize(&ctx->manifestReferences) != 0)
        return NULL;
    xmlSecDSigReferenceCtxPtr reference = xmlSecPtrListGetItem(&ctx->signedInfoReferences, 0);
    return reference == NULL ? NULL : xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
}

static inline int evp_read_tag(EVP_CIPHER_CTX *ctx, const unsigned char *tag, int count) {
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, count, (void *)tag);
}

static inline EVP_PKEY *evp_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }

static inline int x509_print_subject(BIO *target, X509 *certificate) {
    return X509_NAME_print_ex(target, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
