/**
 * The agent's endpoint is written into it (https://cloudtrace.googleapis.com) and no variable moves it. Its base class passes
 * each request through `interceptors_`, which are undocumented; and a client for signing in that signs nothing keeps it from
 * looking for an account. Used only when CLOUD_TRACE_EMULATOR_HOST names a server.
 */
export function emulatorOptions(host: string): object {
  const request = <T extends { uri: string }>(options: T): T => ({
    ...options,
    uri: options.uri.replace('https://cloudtrace.googleapis.com', `http://${host}`),
  });
  return { interceptors_: [{ request }], authClient: { getRequestHeaders: async () => ({}) } };
}
