/* What issuers and users send. */
#include "host.h"

void what_the_field_sends(void) {}
