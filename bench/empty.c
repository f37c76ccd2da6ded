/*
 * The least a FastCGI program can do: libfcgi's own loop and two bytes of
 * answer, in as many processes as asked for.  What SARK does is measured
 * against it.
 */
#include <fcgiapp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

static int
serve(void)
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		FCGX_PutS("Content-Type: text/plain\r\n\r\nok", request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 2;

	for (; n > 0; n--) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			return serve();
		}
	}
	pause();
	return 0;
}
