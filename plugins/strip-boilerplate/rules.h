/* Gives every segment of a page its label.
 *
 * The longest run of prose is the body; what stands before it is looked through for a title; the
 * rest is told by cue phrases, by its shape and by which side of the body it stands on. */
#pragma once

#include "segment.h"

void rules_label(Segments *segments, safi_text page);
