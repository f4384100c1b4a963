using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>The names of users and groups, from the files that Unix keeps them in; the number where there is none.</summary>
internal static class AccountNames
{
    public static string FindUser(uint userId) => Find("/etc/passwd", userId);

    public static string FindGroup(uint groupId) => Find("/etc/group", groupId);

    /// <summary>passwd(5) and group(5) both begin with name:password:number.</summary>
    private static string Find(string file, uint id)
    {
        string number = id.ToString(CultureInfo.InvariantCulture);
        try
        {
            return File.ReadLines(file)
                .Select(line => line.Split(':'))
                .FirstOrDefault(fields => fields.Length > 3 && fields[2] == number)?[0] ?? number;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return number;
        }
    }
}
