/* What a program needs on a board without an operating system.

   Cortex-M: main() starts with the FPU switched on, and SysTick counts.
   ATmega328P: printf writes to the serial port, timer 1 counts, and the end of main() ends the simulation. */
#include "support.h"

#ifdef __AVR__

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>

static int put(char c, FILE *stream)
{
    (void)stream;
    loop_until_bit_is_set(UCSR0A, UDRE0);
    UDR0 = (uint8_t)c;
    return 0;
}

static FILE serial = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

__attribute__((constructor)) static void begin(void)
{
    UCSR0B = 1 << TXEN0;
    stdout = &serial;
    TCCR1B = 3; /* one tick is 64 cycles */
}

__attribute__((destructor)) static void end(void)
{
    cli();
    sleep_mode();
}

uint32_t ticks(void)
{
    return TCNT1;
}

uint32_t ticks_since(uint32_t begin)
{
    return (ticks() - begin) & 0xFFFF;
}

#elif defined(__arm__)

#define CPACR (*(volatile uint32_t *)0xE000ED88)
#define SYST_CSR (*(volatile uint32_t *)0xE000E010)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018)

__attribute__((constructor)) static void begin(void)
{
#ifdef __ARM_FP
    CPACR |= 0xFu << 20;
    __asm__ volatile("dsb\n isb");
#endif
    SYST_RVR = 0xFFFFFF;
    SYST_CVR = 0;
    SYST_CSR = 5; /* on, with the processor's clock */
}

uint32_t ticks(void)
{
    return 0xFFFFFF - SYST_CVR;
}

uint32_t ticks_since(uint32_t begin)
{
    return (ticks() - begin) & 0xFFFFFF;
}

#endif
