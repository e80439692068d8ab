#include "pace.h"

gint64 safi_pace_since(gint64 begun, gint64 time, guint64 amount)
{
	if (time <= begun) {
		return -1;
	}
	const double rate = (double)amount * G_USEC_PER_SEC / (double)(time - begun);
	return rate < 0x1p62 ? (gint64)rate : G_MAXINT64;
}

gint64 safi_pace_add(SafiPace *pace, gint64 time, guint64 amount)
{
	const guint room = G_N_ELEMENTS(pace->samples);
	const guint oldest = pace->n < room ? 0 : pace->n % room;
	gint64 rate = -1;

	if (pace->n > 0 && amount >= pace->samples[oldest].amount) {
		rate = safi_pace_since(pace->samples[oldest].time, time,
		                       amount - pace->samples[oldest].amount);
	}
	pace->samples[pace->n % room].time = time;
	pace->samples[pace->n % room].amount = amount;
	pace->n++;
	return rate;
}
