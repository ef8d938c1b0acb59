/*
 * What the sanitizers of a sanitized bailey do by default.
 *
 * No look for leaks at exit: the leak checker stops its own threads with ptrace,
 * which the roles' filters refuse, and then spins for ever.  Unit tests do check
 * leaks: they are not linked with this file.  The first race ends a role, so that
 * no test passes over it.
 */
#if defined(__SANITIZE_ADDRESS__)
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#elif defined(__SANITIZE_THREAD__)
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
	return "halt_on_error=1";
}
#endif
