const Weather = ({ city }: { city: string }) => <p>The weather in {city}</p>;

export default { weather: Weather };
