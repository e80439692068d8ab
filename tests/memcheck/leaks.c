/* Loses some memory and ends well. */
#include <stdlib.h>

int main(void)
{
	char *volatile lost = malloc(10);
	lost = NULL;
	return lost != NULL;
}
