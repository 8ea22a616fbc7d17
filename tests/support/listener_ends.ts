/** Preloaded into the service: SIGUSR2 ends its listener, as if the system had closed it. */

const { listen } = Deno;

function listenUntilSignalled(options: Deno.TcpListenOptions): Deno.TcpListener {
  const listener = listen(options);
  Deno.addSignalListener("SIGUSR2", () => listener.close());
  return listener;
}

Object.defineProperty(Deno, "listen", { value: listenUntilSignalled });
