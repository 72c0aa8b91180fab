// Plain JavaScript, as is all that an execution environment loads.
import { Socket } from 'node:net';

/**
 * From now on whoever connects to one of these addresses is led to another: what stands in data, such as the address of an
 * authority in its certificates, holds although a laptop listens at another port each time.
 * @param {Readonly<Record<string, string>>} moved `host:port` → `host:port`
 */
export function leadTo(moved) {
  if (Object.keys(moved).length === 0) return;
  const connect = Socket.prototype.connect;
  /** @param {any[]} args as `net.Socket.connect` takes them; `net.connect` wraps them in an array */
  Socket.prototype.connect = function (...args) {
    const list = Array.isArray(args[0]) ? args[0] : args;
    const [asked] = list;
    const to = asked && typeof asked === 'object' ? moved[`${asked.host}:${asked.port}`] : undefined;
    if (to !== undefined) {
      const { hostname: host, port } = new URL(`tcp://${to}`);
      list[0] = { ...asked, host, port: Number(port) };
    }
    return Reflect.apply(connect, this, args);
  };
}
