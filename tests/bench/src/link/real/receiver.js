// Before the expert's page: its connections reach whoever calls through relays alone, and never say their own address, so that there is
// no other way. Whoever sends is as it always is.
(() => {
  const bench = { wanted: [], connections: [] };
  window.bench = bench;
  const isCandidate = (line) => line.startsWith("a=candidate:");
  const without = ({ type, sdp }) => ({ type, sdp: sdp.split(/(?<=\n)/).filter((line) => !isCandidate(line)).join("") });
  const relays = new Map();
  const relayed = (address, port) => {
    const key = `${address} ${port}`;
    if (!relays.has(key)) relays.set(key, new Promise((resolve) => bench.wanted.push({ address, port, resolve })));
    return relays.get(key);
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...configuration) {
      super(...configuration);
      bench.connections.push(this);
    }
    addEventListener(type, ...rest) {
      if (type !== "icecandidate") super.addEventListener(type, ...rest);
    }
    get localDescription() {
      return super.localDescription && without(super.localDescription);
    }
    async setRemoteDescription(description) {
      await super.setRemoteDescription(without(description));
      const lines = description.sdp.split(/\r?\n/).filter(isCandidate);
      for (const line of lines) void this.addIceCandidate({ candidate: line.slice(2), sdpMLineIndex: 0 });
    }
    async addIceCandidate({ candidate, ...rest }) {
      const fields = candidate.split(" ");
      const [, , transport, , address, port] = fields;
      if (transport?.toLowerCase() !== "udp" || !/^[0-9.]+$/.test(address)) return;
      fields.splice(4, 2, "127.0.0.1", String(await relayed(address, Number(port))));
      await super.addIceCandidate({ candidate: fields.join(" "), ...rest });
    }
  };
  bench.repairs = () => {
    const sdp = bench.connections.map((connection) => connection.remoteDescription?.sdp ?? "").join("");
    return [...sdp.matchAll(/^a=rtpmap:(\d+) rtx\//gim)].map(([, number]) => Number(number));
  };
})();
