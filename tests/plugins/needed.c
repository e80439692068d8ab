/* A library that has the function which undefined.c calls. */
const void *nowhere(void);

const void *nowhere(void)
{
	return 0;
}
