/* a pipe gives back the bytes in the order they went in, over many buffers */
#include "t.h"

int main(void)
{
	unsigned char out[1000], in[1000];
	unsigned next = 0, expect = 0;
	ssize_t got;
	int p[2], round, i;

	T_OK(pipe(p));
	for (round = 0; round < 300; round++) {
		for (i = 0; i < (int)sizeof(out); i++)
			out[i] = (unsigned char)(next++ * 31);
		T_EQ(write(p[1], out, sizeof(out)), sizeof(out));
		got = T_OK(read(p[0], in, (size_t)(1 + round * 7 % 999)));
		for (i = 0; i < got; i++)
			T_EQ(in[i], (unsigned char)(expect++ * 31));
		while (next - expect > 20000) {
			got = T_OK(read(p[0], in, sizeof(in)));
			for (i = 0; i < got; i++)
				T_EQ(in[i], (unsigned char)(expect++ * 31));
		}
	}
	return 0;
}
