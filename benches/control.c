/* What the machine itself gives: threads that share nothing and count for some time.
   Prints a line for each thread as work.php does. Usage: control THREADS SECONDS */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *work(void *result)
{
    int64_t start = now(), count = 0;
    volatile uint64_t sink = 0;
    do {
        uint64_t x = 88172645463325252u;
        for (int i = 0; i < 1000000; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        sink += x;
        count++;
    } while (now() - start < (int64_t) (seconds * 1e9));
    int64_t *numbers = result;
    numbers[0] = count;
    numbers[1] = now() - start;
    return NULL;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    seconds = argc > 2 ? atof(argv[2]) : 1;
    pthread_t ids[64];
    int64_t numbers[64][2];
    if (threads < 1 || threads > 64) return 1;
    for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, numbers[i]);
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        printf("work %lld %lld\n", (long long) numbers[i][0], (long long) numbers[i][1]);
    }
    return 0;
}
