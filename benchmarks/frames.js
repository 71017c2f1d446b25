// A walk over the map, run inside a page: pans and zooms as a hand would, and notes when each frame came.
// async (map, stops, pans) -> { intervals_ms, long_ms }: time between frames, and tasks of 50 ms and more.
async (map, stops, pans) => {
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
  const intervals = [];
  const long = [];
  const watch = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) long.push(duration); });
  watch.observe({ entryTypes: ["longtask"] });
  let walking = true;
  const clock = (async () => {
    let last = await frame();
    while (walking) {
      const now = await frame();
      intervals.push(now - last);
      last = now;
    }
  })();
  for (const [lat, lon, zoom] of stops) {
    const moved = new Promise((resolve) => { map.once("moveend", resolve); });
    map.setView([lat, lon], zoom, { animate: true, duration: 0.25 });
    await Promise.race([moved, new Promise((resolve) => { setTimeout(resolve, 1500); })]);
    for (let step = 0; step < pans; step += 1) {
      map.panBy([step < pans / 2 ? 14 : -14, 6], { animate: false });
      await frame();
    }
  }
  walking = false;
  await clock;
  watch.disconnect();
  return { intervals_ms: intervals, long_ms: long };
}
