#include <stdint.h>

/* Ticks of a clock, and how many there were since then: less than 2^16 on AVR, 2^24 on Cortex-M. */
uint32_t ticks(void);
uint32_t ticks_since(uint32_t begin);
