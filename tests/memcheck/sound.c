/* Gives back what it takes. */
#include <stdlib.h>

int main(void)
{
	char *volatile taken = malloc(10);
	free(taken);
	return 0;
}
