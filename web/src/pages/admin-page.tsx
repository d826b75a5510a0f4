import '../styles/parts.css';
import '../styles/admin.css';
import { AdminsOnly } from '../features/admin/admins-only.tsx';
import { Operate } from '../features/admin/operate.tsx';

/** Where an admin sees how the installation is, and acts on it. */
export default function AdminPage() {
  return (
    <AdminsOnly>
      <Operate />
    </AdminsOnly>
  );
}
