import { useEffect, useState } from 'react';

/** Asks the browser for notifications, only when the person wants them. */
export function NotifyButton() {
  const [permission, setPermission] = useState(current);
  useEffect(() => {
    const stopped = new AbortController();
    void followPermission(() => setPermission(current()), stopped.signal);
    return () => stopped.abort();
  }, []);
  if (permission === 'unsupported') return null;
  if (permission === 'granted') {
    return <p className="soft notify">You are notified when a run ends or asks you.</p>;
  }
  if (permission === 'denied') {
    return <p className="soft notify">Notifications are blocked in the settings of your browser.</p>;
  }
  return (
    <div className="menu">
      <button type="button" onClick={() => void Notification.requestPermission().then(setPermission)}>
        Notify me when a run ends or asks me
      </button>
    </div>
  );
}

const current = () => ('Notification' in globalThis ? Notification.permission : 'unsupported');

/** Calls back when the permission is changed in the browser's settings, or in another tab. */
async function followPermission(onChange: () => void, signal: AbortSignal): Promise<void> {
  if (!('permissions' in navigator)) return;
  const status = await navigator.permissions.query({ name: 'notifications' });
  status.addEventListener('change', onChange, { signal });
}
