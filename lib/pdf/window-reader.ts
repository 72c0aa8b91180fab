import type { ByteSource } from './byte-source.ts';
import { endOfWindow, type Window } from './lexer.ts';
import { broken, overLimit } from './problems.ts';

const FIRST_WINDOW = 2048;

/** Parses at an offset with as few and as small reads as will do: the window grows until the object fits. */
export class WindowReader {
  readonly source: ByteSource;
  private readonly most: number;
  private held: Window | undefined;

  constructor(source: ByteSource, most: number) {
    this.source = source;
    this.most = most;
  }

  /** Bytes `[offset, offset + length)`, fewer at the end of the file. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    if (offset < 0 || offset > this.source.length) throw broken('an offset lies outside the file');
    const window = this.held;
    const count = Math.min(length, this.source.length - offset);
    if (window && offset >= window.base && offset + count <= window.base + window.bytes.length) {
      return window.bytes.subarray(offset - window.base, offset - window.base + count);
    }
    return this.source.read(offset, count);
  }

  /** Runs `parse` on a window that begins at `offset`, larger each time it reaches the window's end. */
  async parse<T>(offset: number, parse: (window: Window) => T): Promise<T> {
    if (offset < 0 || offset >= this.source.length) throw broken('an offset lies outside the file');
    let window = this.reuse(offset) ?? (await this.fetch(offset, FIRST_WINDOW));
    for (;;) {
      try {
        return parse(window);
      } catch (error) {
        if (error !== endOfWindow) throw error;
        if (window.bytes.length >= this.most) throw overLimit('an object is too long');
        window = await this.fetch(offset, Math.max(FIRST_WINDOW, window.bytes.length * 4));
      }
    }
  }

  private reuse(offset: number): Window | undefined {
    const window = this.held;
    if (!window || offset < window.base || offset >= window.base + window.bytes.length) return undefined;
    return { bytes: window.bytes.subarray(offset - window.base), base: offset, last: window.last };
  }

  private async fetch(offset: number, wanted: number): Promise<Window> {
    const length = Math.min(wanted, this.source.length - offset);
    const bytes = await this.source.read(offset, length);
    this.held = { bytes, base: offset, last: offset + length === this.source.length };
    return this.held;
  }
}
