/* The laws of each view that a reader made, at spans that the bytes of the record choose. */
#pragma once

#include "record.h"

void views_hold(safi_record *record);
