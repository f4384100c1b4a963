/*
 * Spiffe.Transport.Native: calls of a SPIFFE Workload API, without a runtime that has to warm up.
 *
 * The library opens the connection, speaks HTTP/2 and gRPC, and says why a call did not succeed. It does not retry and does not look
 * into messages. It never calls back, and starts no thread that its caller has to care for.
 *
 * Text is UTF-8 without a final zero. Every function may be called from any thread, with two exceptions: the version is asked first,
 * by one thread, and of one call, only one thread at a time may wait for the next message. No function may be called with a handle
 * that has been closed.
 */
#include <stdint.h>

/* The version of this interface. A library that answers another number must not be used. */
#define SPIFFE_TRANSPORT_VERSION 2

typedef intptr_t spiffe_channel;
typedef intptr_t spiffe_call;

/* Bytes of the library's. Of a message they are good until the next one is asked for, of an error until the call is closed. */
typedef struct {
    const uint8_t *start;
    int32_t length;
} spiffe_bytes;

enum {
    SPIFFE_MESSAGE = 0, /* a message */
    SPIFFE_END = 1,     /* the server has ended the call, without an error */
    SPIFFE_ERROR = 2    /* the call did not succeed, or was cancelled: spiffe_call_error says why */
};

/* To be called first: the library's runtime starts in it. */
int32_t spiffe_transport_version(void);

/* A channel to the agent at an endpoint ("unix:///run/spire/agent.sock"). It connects with the first call. 0: not an endpoint. */
spiffe_channel spiffe_channel_open(const uint8_t *endpoint, int32_t length);

/* Ends the channel's connections, and with them its calls, which have to be closed all the same. */
void spiffe_channel_close(spiffe_channel channel);

/* Starts a call ("SpiffeWorkloadAPI/FetchX509SVID") with its one request, and does not wait. 0: there is no memory for it. */
spiffe_call spiffe_call_open(spiffe_channel channel, const uint8_t *method, int32_t method_length,
                             const uint8_t *request, int32_t request_length);

/* Waits for the next message. Within 100 ms of spiffe_call_cancel it returns SPIFFE_ERROR. */
int32_t spiffe_call_next(spiffe_call call, spiffe_bytes *message);

/* Waits for the only message and for the end of the call: one wait in place of two. Never SPIFFE_END. */
int32_t spiffe_call_single(spiffe_call call, spiffe_bytes *message);

/* After SPIFFE_ERROR: the gRPC status code; the reason, one of the module's error ids ("EndpointNotFound"); a sentence for people;
   and what the server said, if it said anything. */
int32_t spiffe_call_error(spiffe_call call, spiffe_bytes *reason, spiffe_bytes *message, spiffe_bytes *detail);

/* Ends a call early, on the server too. Harmless on one that has ended. */
void spiffe_call_cancel(spiffe_call call);

/* Gives up a call, in which no thread waits any more. */
void spiffe_call_close(spiffe_call call);
