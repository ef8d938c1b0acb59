/* symlink(2) keeps any text; readlink(2) truncates without a word */
#include "t.h"

int main(void)
{
	char buf[64];

	T_OK(symlink("some/where//..", "l"));
	memset(buf, '!', sizeof(buf));
	T_EQ(readlink("l", buf, sizeof(buf)), 14);
	T_MEM(buf, "some/where//..!", 15);
	memset(buf, '!', sizeof(buf));
	T_EQ(readlink("l", buf, 4), 4);
	T_MEM(buf, "some!", 5);
	return 0;
}
