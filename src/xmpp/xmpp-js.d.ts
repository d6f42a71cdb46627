/**
 * The parts of xmpp.js that we use. Its own typings describe another version, and more than we lean on.
 */
declare module '@xmpp/xml' {
  import type { EventEmitter } from 'node:events';
  import type { Element } from 'ltx';

  class Parser extends EventEmitter {
    root: Element | null;
    cursor: Element | null;
    /** The tokenizer (ltx's) that calls the three methods below. */
    parser: EventEmitter;
    onStartElement(name: string, attrs: Record<string, string>): void;
    onEndElement(name: string): void;
    onText(text: string): void;
    write(data: string): void;
  }

  interface Xml {
    Element: typeof Element;
    Parser: typeof Parser;
  }
  const xml: Xml;
  export default xml;
  export type { Parser };
}

declare module '@xmpp/component' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';
  import type { Parser } from '@xmpp/xml';
  import type { Element } from 'ltx';

  interface Component extends EventEmitter {
    status: string;
    socket: Socket | null;
    Parser: new () => Parser;
    Socket: new () => Socket;
    reconnect: { stop(): void };
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    write(text: string): Promise<void>;
    send(element: Element): Promise<void>;
    _onParserError(error: Error): void;
  }

  const exported: {
    component(options: { service: string; domain: string; password: string }): Component;
  };
  export default exported;
  export type { Component };
}
