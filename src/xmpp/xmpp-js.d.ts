/**
 * The parts of xmpp.js that we use. Its own typings describe another version, and more than we lean on.
 */
declare module '@xmpp/xml' {
  import type { Element } from 'ltx';

  interface Xml {
    Element: typeof Element;
  }
  const xml: Xml;
  export default xml;
}

declare module '@xmpp/component' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  interface Component extends EventEmitter {
    /** How long its questions wait, in milliseconds; 0 is for ever. */
    timeout: number;
    /** Absent before `connect` and after the end of the connection. */
    socket: Socket | null;
    /** Made once per stream; gives it `start` and `element`. */
    Parser: new () => EventEmitter & { write(text: string): void };
    Socket: new () => Socket;
    reconnect: { stop(): void };
    /** Rejects with the socket's error. */
    connect(service: string): Promise<unknown>;
    /** Sends the header; the handshake follows when the server's has come. */
    open(options: { domain: string; timeout: number }): Promise<unknown>;
  }

  const exported: {
    component(options: { service: string; domain: string; password: string }): Component;
  };
  export default exported;
  export type { Component };
}
