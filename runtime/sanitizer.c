/*
 * What a sanitized bailey does not check: leaks at exit.  The leak checker stops
 * its own threads with ptrace, which the roles' filters refuse, and then spins
 * for ever.  Unit tests do check leaks: they are not linked with this file.
 */
#if defined(__SANITIZE_ADDRESS__)
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif
