/* Preprocessed by scripts/make/start.mk: is this the C library that lib/start/ was written for? */
#include <features.h>
#if defined(__x86_64__) && defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36
ours
#endif
