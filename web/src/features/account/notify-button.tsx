import { useState } from 'react';

/** Asks the browser for notifications, only when the person wants them. */
export function NotifyButton() {
  const [permission, setPermission] = useState(() =>
    'Notification' in globalThis ? Notification.permission : 'unsupported',
  );
  if (permission === 'unsupported') return null;
  if (permission === 'granted') return <p className="soft notify">You are notified when a run ends.</p>;
  if (permission === 'denied') {
    return <p className="soft notify">Notifications are blocked in the settings of your browser.</p>;
  }
  return (
    <div className="menu">
      <button type="button" onClick={() => void Notification.requestPermission().then(setPermission)}>
        Notify me when a run ends
      </button>
    </div>
  );
}
