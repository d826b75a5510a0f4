import { Link } from 'wouter';
import { CopyButton } from './copy-button.tsx';

/** What is wrong, and the way on. */
export function Problem(props: {
  title: string;
  text: string;
  detail?: string;
  href?: string;
  action?: string;
}) {
  const { title, text, detail, href = '/', action = 'Ask something' } = props;
  return (
    <div className="page problem">
      <h1 tabIndex={-1}>{title}</h1>
      <p className="soft">{text}</p>
      <div className="acts">
        <Link className="button" href={href}>
          {action}
        </Link>
        {detail !== undefined && <CopyButton text={detail} label="Copy details" />}
      </div>
    </div>
  );
}
